#!/bin/sh
# Needs MALL, SERVICE_SECRET, LICENSE_KEY, ORDER, BASKET, UNTIL.
curl --silent --show-error "$MALL/es/2.0/order/updateOrderShipping/" \
  --header "Authorization: ESA $(printf '%s' "$SERVICE_SECRET:$LICENSE_KEY" | base64 | tr -d '\n')" \
  --header 'Content-Type: application/json; charset=utf-8' \
  --data '{
    "orderNumber": "'"$ORDER"'",
    "BasketidModelList": [{
      "basketId": '"$BASKET"',
      "ShippingModelList": [{
        "deliveryCompany": "1001",
        "shippingNumber": "000011112222",
        "shippingDate": "'"$UNTIL"'"
      }]
    }]
  }'

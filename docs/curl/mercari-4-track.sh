#!/bin/sh
# Needs MERCARI, MERCARI_TOKEN, MERCARI_CLIENT, ORDER, SHIPPING.
document='mutation($input: UpdateOrderShippingTrackingCodeInput!) {
  updateOrderShippingTrackingCode(input: $input) { orderShipping { id } } }'
curl --silent --show-error "$MERCARI" \
  --header "Authorization: Bearer $MERCARI_TOKEN" \
  --header "User-Agent: $MERCARI_CLIENT/1.0" \
  --header 'Content-Type: application/json' \
  --data "{\"query\": \"$(printf '%s' "$document" | tr '\n' ' ')\", \"variables\": {\"input\": {
    \"orderTransactionId\": \"$ORDER\", \"orderShippingId\": \"$SHIPPING\",
    \"trackingCode\": \"ヤマト運輸\\n000011112222\"}}}"

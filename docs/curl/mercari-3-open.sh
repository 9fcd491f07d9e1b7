#!/bin/sh
# Needs MERCARI, MERCARI_TOKEN, MERCARI_CLIENT, ORDER, PRODUCT, VARIANT, QUANTITY.
document='mutation($input: CreateOrderShippingInput!) {
  createOrderShipping(input: $input) { orderShipping { id } } }'
curl --silent --show-error "$MERCARI" \
  --header "Authorization: Bearer $MERCARI_TOKEN" \
  --header "User-Agent: $MERCARI_CLIENT/1.0" \
  --header 'Content-Type: application/json' \
  --data "{\"query\": \"$(printf '%s' "$document" | tr '\n' ' ')\", \"variables\": {\"input\": {
    \"orderTransactionId\": \"$ORDER\", \"idempotencyKey\": \"by-hand-$ORDER\", \"products\": [{
    \"productId\": \"$PRODUCT\", \"variantId\": \"$VARIANT\", \"quantity\": $QUANTITY}]}}}"

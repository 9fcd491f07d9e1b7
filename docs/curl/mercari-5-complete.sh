#!/bin/sh
# Needs MERCARI, MERCARI_TOKEN, MERCARI_CLIENT, ORDER, SHIPPING.
document='mutation($input: CompleteOrderShippingInput!) {
  completeOrderShipping(input: $input) { orderShippingId } }'
curl --silent --show-error "$MERCARI" \
  --header "Authorization: Bearer $MERCARI_TOKEN" \
  --header "User-Agent: $MERCARI_CLIENT/1.0" \
  --header 'Content-Type: application/json' \
  --data "{\"query\": \"$(printf '%s' "$document" | tr '\n' ' ')\", \"variables\": {\"input\": {
    \"orderTransactionId\": \"$ORDER\", \"orderShippingId\": \"$SHIPPING\"}}}"

#!/bin/sh
# Needs MERCARI, MERCARI_TOKEN, MERCARI_CLIENT, ORDER.
document='query($id: ID!) { orderTransaction(id: $id) { id status
  products { productId purchasedQuantity unshippedQuantity variant { id } } } }'
curl --silent --show-error "$MERCARI" \
  --header "Authorization: Bearer $MERCARI_TOKEN" \
  --header "User-Agent: $MERCARI_CLIENT/1.0" \
  --header 'Content-Type: application/json' \
  --data "{\"query\": \"$(printf '%s' "$document" | tr '\n' ' ')\", \"variables\": {\"id\": \"$ORDER\"}}"

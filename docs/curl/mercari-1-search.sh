#!/bin/sh
# Needs MERCARI, MERCARI_TOKEN, MERCARI_CLIENT, FROM, UNTIL.
document='query($gte: DateTime, $lt: DateTime, $statuses: [OrderTransactionStatusFilter!]) {
  orderTransactions(first: 100, orderedDateGte: $gte, orderedDateLt: $lt, statuses: $statuses) {
    edges { node { id status } } pageInfo { hasNextPage endCursor } } }'
curl --silent --show-error "$MERCARI" \
  --header "Authorization: Bearer $MERCARI_TOKEN" \
  --header "User-Agent: $MERCARI_CLIENT/1.0" \
  --header 'Content-Type: application/json' \
  --data "{\"query\": \"$(printf '%s' "$document" | tr '\n' ' ')\", \"variables\": {
    \"gte\": \"${FROM}T00:00:00+09:00\", \"lt\": \"${UNTIL}T00:00:00+09:00\",
    \"statuses\": [\"WAITING_FOR_SHIPPING\"]}}"

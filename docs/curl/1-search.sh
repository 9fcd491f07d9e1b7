#!/bin/sh
# Needs MALL, SERVICE_SECRET, LICENSE_KEY, FROM, UNTIL.
curl --silent --show-error "$MALL/es/2.0/order/searchOrder/" \
  --header "Authorization: ESA $(printf '%s' "$SERVICE_SECRET:$LICENSE_KEY" | base64 | tr -d '\n')" \
  --header 'Content-Type: application/json; charset=utf-8' \
  --data '{
    "dateType": 1,
    "startDatetime": "'"$FROM"'T00:00:00+0900",
    "endDatetime": "'"$UNTIL"'T23:59:59+0900",
    "orderProgressList": [300],
    "PaginationRequestModel": {"requestRecordsAmount": 5, "requestPage": 1}
  }'

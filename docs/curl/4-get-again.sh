#!/bin/sh
# Needs MALL, SERVICE_SECRET, LICENSE_KEY, ORDER.
curl --silent --show-error "$MALL/es/2.0/order/getOrder/" \
  --header "Authorization: ESA $(printf '%s' "$SERVICE_SECRET:$LICENSE_KEY" | base64 | tr -d '\n')" \
  --header 'Content-Type: application/json; charset=utf-8' \
  --data '{"orderNumberList": ["'"$ORDER"'"], "version": 10}'

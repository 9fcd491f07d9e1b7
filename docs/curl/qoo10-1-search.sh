#!/bin/sh
# Needs QOO10, QOO10_KEY, FROM, UNTIL.
curl --silent --show-error "$QOO10/ShippingBasic.GetShippingInfo_v3" \
  --header "GiosisCertificationKey: $QOO10_KEY" \
  --header 'QAPIVersion: 1.0' \
  --data 'returnType=json' \
  --data 'ShippingStatus=2' \
  --data "SearchStartDate=$(printf '%s' "$FROM" | tr -d -)000000" \
  --data "SearchEndDate=$(printf '%s' "$UNTIL" | tr -d -)235959" \
  --data 'SearchCondition=1'

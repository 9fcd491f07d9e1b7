#!/bin/sh
# Needs QOO10, QOO10_KEY, ORDER.
curl --silent --show-error "$QOO10/ShippingBasic.SetSendingInfo" \
  --header "GiosisCertificationKey: $QOO10_KEY" \
  --header 'QAPIVersion: 1.0' \
  --data 'returnType=json' \
  --data "OrderNo=$ORDER" \
  --data-urlencode 'ShippingCorp=ヤマト宅急便' \
  --data 'TrackingNo=000011112222'

#!/bin/sh
# Installs the SDKs that the conformance tests run, each apart from the others and from ours.
#   tests/conformance/prepare_sdks.sh FOLDER && CLEARWAY_SDK_VENVS=FOLDER make test
set -eu
folder=${1:?usage: prepare_sdks.sh FOLDER}
python=${PYTHON:-python3}

venv() { # name requirement...
  name=$1
  shift
  [ -x "$folder/$name/bin/python" ] || "$python" -m venv "$folder/$name"
  "$folder/$name/bin/python" -m pip install --quiet "$@"
}

mkdir -p "$folder"
venv python-alipay-sdk 'python-alipay-sdk==3.4.0'
venv wechatpayv3 'wechatpayv3==2.0.4'
npm install --prefix "$folder" --no-save --no-fund --no-audit 'alipay-sdk@4.14.0'

#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# atomics_are_labelled.sh - see atomics_are_labelled.py
command -v python3 >/dev/null || { echo "SKIP: python3 was not found"; exit 77; }
exec python3 "${srcdir:-.}/tests/order/atomics_are_labelled.py"

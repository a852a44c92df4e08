# tests/order/local.mk

# tests/incoming/local.mk

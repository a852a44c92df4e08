# tests/tool/local.mk

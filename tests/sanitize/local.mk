# tests/sanitize/local.mk

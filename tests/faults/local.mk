# tests/faults/local.mk

# tests/vfio-user/local.mk

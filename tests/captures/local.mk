# tests/captures/local.mk - migrations of a real QEMU, byte for byte

EXTRA_DIST += \
	tests/captures/EXPECTED \
	tests/captures/README \
	tests/captures/one-device-2ch/chan00.bin \
	tests/captures/one-device-2ch/chan01.bin \
	tests/captures/one-device-2ch/chan02.bin \
	tests/captures/two-devices-4ch/chan00.bin \
	tests/captures/two-devices-4ch/chan01.bin \
	tests/captures/two-devices-4ch/chan02.bin \
	tests/captures/two-devices-4ch/chan03.bin \
	tests/captures/two-devices-4ch/chan04.bin

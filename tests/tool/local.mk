# tests/tool/local.mk - the vfiomig program, from outside

tool_scripts = \
	tests/tool/demo_keeps_its_budget.sh \
	tests/tool/demo_verifies_every_byte.sh

TESTS += $(tool_scripts)
EXTRA_DIST += $(tool_scripts) tests/tool/functions.sh

# tools/local.mk - the vfiomig program

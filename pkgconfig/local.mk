# pkgconfig/local.mk - what a consumer's build needs to know

pkgconfig_DATA = pkgconfig/libvfiomig.pc

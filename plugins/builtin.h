/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * builtin.h - the backends of plugins/libbackends.la, for programs that link
 * them: vfiomig_backend_register(vfiomig_backend_v1_sim_backend())
 */
#ifndef PLUGINS_BUILTIN_H
#define PLUGINS_BUILTIN_H

struct vfiomig_backend;

const struct vfiomig_backend *vfiomig_backend_v1_null_backend(void);
const struct vfiomig_backend *vfiomig_backend_v1_file_backend(void);
const struct vfiomig_backend *vfiomig_backend_v1_sim_backend(void);
const struct vfiomig_backend *vfiomig_backend_v1_vfio_backend(void);
const struct vfiomig_backend *vfiomig_backend_v1_vfio_user_backend(void);

#endif

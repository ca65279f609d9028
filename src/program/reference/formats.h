/* SPDX-License-Identifier: Apache-2.0 */
/* The writers of single formats, struct reference_format. */
#ifndef REFERENCE_FORMATS_H
#define REFERENCE_FORMATS_H

#include "reference/reference.h"

/* write_json.c */
reference_write_fn write_rvps;
reference_write_fn write_rvps_map;
reference_write_fn write_rvps_store;
reference_write_fn write_dcap_policy;
reference_write_fn write_contrast_patch;
reference_write_fn write_in_toto;
reference_write_fn write_in_toto_predicate;
reference_write_fn write_json; /* of every register */

/* write_guest.c: of launch digests of AMD's platforms */
reference_write_fn write_in_toto_guest;
reference_write_fn write_in_toto_predicate_guest;
reference_write_fn write_go_sev_guest;

/* write_text.c */
reference_write_fn write_go_tdx_guest;
reference_write_fn write_ita;

/* write_cbor.c */
reference_write_fn write_corim;
reference_write_fn write_coswid;

/* corim_snp.c */
reference_write_fn write_corim_snp;

#endif

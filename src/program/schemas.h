/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of this program's JSON documents, their member "schema". The
 * documents are described in docs/json.md and docs/schemas; a change of one
 * changes its number.
 */
#ifndef SCHEMAS_H
#define SCHEMAS_H

/* What all names begin with. */
#define SCHEMA_PREFIX "mrtd-calc/"

/* What a failed run writes, in whichever version: it is refused. */
#define SCHEMA_ERROR_FAMILY SCHEMA_PREFIX "error/"

/* Kinds of documents that are read, too, in whichever version. */
#define SCHEMA_MEASUREMENT_FAMILY   SCHEMA_PREFIX "measurement/"
#define SCHEMA_REFERENCE_FAMILY     SCHEMA_PREFIX "reference/"
#define SCHEMA_RELEASE_INDEX_FAMILY SCHEMA_PREFIX "release-index/"

/* What is written. */
#define SCHEMA_CHECK         SCHEMA_PREFIX "check/1"
#define SCHEMA_CMDLINE       SCHEMA_PREFIX "cmdline/1"
#define SCHEMA_DIFF          SCHEMA_PREFIX "diff/1"
#define SCHEMA_ERROR         SCHEMA_ERROR_FAMILY "1"
#define SCHEMA_EVENTS        SCHEMA_PREFIX "events/1"
#define SCHEMA_EVIDENCE      SCHEMA_PREFIX "evidence/1"
#define SCHEMA_ID_BLOCK      SCHEMA_PREFIX "id-block/1"
#define SCHEMA_INITDATA      SCHEMA_PREFIX "initdata/1"
#define SCHEMA_LINT          SCHEMA_PREFIX "lint/1"
#define SCHEMA_MEASUREMENT   SCHEMA_MEASUREMENT_FAMILY "1"
#define SCHEMA_REFERENCE     SCHEMA_REFERENCE_FAMILY "1"
#define SCHEMA_RELEASE_INDEX SCHEMA_RELEASE_INDEX_FAMILY "1"
#define SCHEMA_TDINFO        SCHEMA_PREFIX "tdinfo/1"
#define SCHEMA_VERITY        SCHEMA_PREFIX "verity/1"

/* What is only read: the manifest of a release. */
#define SCHEMA_MANIFEST SCHEMA_PREFIX "manifest/1"

#endif

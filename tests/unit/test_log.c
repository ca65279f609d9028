/* SPDX-License-Identifier: Apache-2.0 */
/* An event log that is made here by the TCG's specification; the model of
 * tests/cli/test_events.py tries many. */
#include "unit.h"

/* The first record: its header, and what the log has digests of. */
#define FIRST  (32 + 33)
#define RECORD (8 + 4 + 2 + 48 + 4)
#define SIZE   (FIRST + 2 * (RECORD + 4))

static uint8_t bytes[SIZE + 64];

static uint8_t *put(uint8_t *at, uint64_t number, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        at[i] = (uint8_t)(number >> 8 * i);
    }
    return at + size;
}

static uint8_t *put_separator(uint8_t *at, uint32_t mr)
{
    struct mrtd_event event;
    mrtd_event_separator(&event, MRTD_REGISTER_RTMR0, 0);
    at = put(put(put(at, mr, 4), MRTD_EV_SEPARATOR, 4), 1, 4);
    at = put(at, 0xc, 2);
    memcpy(at, event.digest.bytes, MRTD_DIGEST_SIZE);
    return put(put(at + MRTD_DIGEST_SIZE, 4, 4), 0, 4);
}

static void make(void)
{
    memset(bytes, 0xff, sizeof bytes);
    uint8_t *at = put(put(bytes, 1, 4), MRTD_EV_NO_ACTION, 4);
    memset(at, 0, 20);
    at = put(at + 20, FIRST - 32, 4);
    memcpy(at, "Spec ID Event03", 16);
    at = put(put(put(at + 16, 0, 4), 0x02000200, 4), 1, 4);
    at = put(put(put(at, 0xc, 2), 48, 2), 0, 1);
    at = put_separator(at, 1);
    at = put_separator(at, 3);
    assert_int_equal(at - bytes, SIZE);
}

static void reads(void **state)
{
    (void)state;
    struct reader r = {.data = bytes, .size = sizeof bytes};
    const struct mrtd_source memory = {.data = bytes, .size = sizeof bytes};
    const struct mrtd_source reading = reader_source(&r);
    struct mrtd_log *log = NULL;
    struct mrtd_value value = {.id = MRTD_REGISTER_RTMR2};
    struct mrtd_value want = {.id = MRTD_REGISTER_RTMR0};
    struct mrtd_event event;
    make();
    mrtd_event_separator(&event, MRTD_REGISTER_RTMR0, 0);
    assert_int_equal(mrtd_events_replay(&want, &event, 1, NULL), MRTD_OK);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(mrtd_log_open(&log, i ? &reading : &memory, NULL),
                         MRTD_OK);
        assert_int_equal(mrtd_log_count(log), 3);
        assert_int_equal(mrtd_log_size(log), SIZE);
        const struct mrtd_log_event *e = mrtd_log_event(log, 2);
        assert_int_equal(e->offset, FIRST + RECORD + 4);
        assert_int_equal(e->data_offset, SIZE - 4);
        assert_int_equal(e->data_size, 4);
        assert_int_equal(e->id, MRTD_REGISTER_RTMR2);
        assert_int_equal(e->type, MRTD_EV_SEPARATOR);
        assert_true(e->extends && e->is_of_data == 1);
        assert_null(mrtd_log_event(log, 3));
        assert_int_equal(mrtd_log_replay(log, &value, NULL), MRTD_OK);
        assert_memory_equal(value.digest.bytes, want.digest.bytes,
                            MRTD_DIGEST_SIZE);
        value.id = MRTD_REGISTER_MRTD;
        assert_int_equal(mrtd_log_replay(log, &value, NULL), MRTD_ERR_ARGUMENT);
        value.id = MRTD_REGISTER_RTMR2;
        mrtd_log_free(log);
    }
    log = NULL;
    r.calls = 0;
    r.fail_at = 1;
    assert_int_equal(mrtd_log_open(&log, &reading, NULL), MRTD_ERR_READ);
    assert_null(log);
    assert_string_equal(mrtd_event_type_name(MRTD_EV_SEPARATOR),
                        "EV_SEPARATOR");
    assert_null(mrtd_event_type_name(0x12345678));
    assert_int_equal(mrtd_event_type_is_of_data(MRTD_EV_SEPARATOR), 1);
    assert_int_equal(mrtd_event_type_is_of_data(MRTD_EV_EVENT_TAG), 0);
}

/* Cut anywhere but after a record. */
static void cut(void **state)
{
    (void)state;
    struct mrtd_log *log = NULL;
    make();
    for (size_t size = 0; size < SIZE; size++) {
        const struct mrtd_source source = {.data = bytes, .size = size};
        const enum mrtd_code code = mrtd_log_open(&log, &source, NULL);
        if (size == FIRST || size == FIRST + RECORD + 4) {
            assert_int_equal(code, MRTD_OK);
            mrtd_log_free(log);
            log = NULL;
        } else {
            assert_int_equal(code, size ? MRTD_ERR_EVENT_LOG : MRTD_ERR_EMPTY);
            assert_null(log);
        }
    }
}

static void arguments(void **state)
{
    (void)state;
    struct mrtd_log *log = NULL;
    struct mrtd_value value = {.id = MRTD_REGISTER_RTMR0};
    const struct mrtd_source source = {.data = bytes, .size = SIZE};
    make();
    assert_int_equal(mrtd_log_open(NULL, &source, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_log_open(&log, NULL, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_log_replay(NULL, &value, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_log_open(&log, &source, NULL), MRTD_OK);
    assert_int_equal(mrtd_log_replay(log, NULL, NULL), MRTD_ERR_ARGUMENT);
    mrtd_log_free(log);
    mrtd_log_free(NULL);
    assert_int_equal(mrtd_log_count(NULL), 0);
    assert_int_equal(mrtd_log_size(NULL), 0);
    assert_null(mrtd_log_event(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),
        cmocka_unit_test(cut),
        cmocka_unit_test(arguments),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}

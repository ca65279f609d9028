/* SPDX-License-Identifier: Apache-2.0 */
/* Expected digests were made with Python's hashlib: a register is SHA-384 of
 * itself and the event's digest, from 48 zero bytes on. */
#include <string.h>

#include "unit.h"

static void has(const struct mrtd_digest *digest, const char *wanted)
{
    char hex[MRTD_HEX_SIZE];
    mrtd_hex_encode(hex, digest->bytes, digest->size);
    assert_string_equal(hex, wanted);
}

static void separator(void **state)
{
    (void)state;
    struct mrtd_event event;
    mrtd_event_separator(&event, MRTD_REGISTER_RTMR1, 1);
    assert_int_equal(event.id, MRTD_REGISTER_RTMR1);
    assert_int_equal(event.type, MRTD_EV_SEPARATOR);
    assert_int_equal(event.digest.algorithm, MRTD_ALGORITHM_SHA384);
    assert_string_equal(event.what, "separator");
    has(&event.digest,
        "7210af19145ec2a8e250a7fe8e9eeeac1301e524daab82366c36be614dc35402"
        "a289101e48cad61c45337f2f32c14fdc");
}

/* Two registers, each with its own events in their order. */
static void replay(void **state)
{
    (void)state;
    struct mrtd_event events[3];
    struct mrtd_value value = {.id = MRTD_REGISTER_RTMR0};
    mrtd_event_separator(&events[0], MRTD_REGISTER_RTMR0, 1);
    mrtd_event_separator(&events[1], MRTD_REGISTER_RTMR1, 0x01020304);
    mrtd_event_separator(&events[2], MRTD_REGISTER_RTMR0, UINT32_MAX);
    assert_int_equal(mrtd_events_replay(&value, events, 1, NULL), MRTD_OK);
    has(&value.digest,
        "8b5e1be0ccf4329409b67f029b457407f3b96454b9ff7eba691d2eadf15e7cea"
        "1e45cfe0007dc6bdee987e7b964ff64f");
    assert_int_equal(mrtd_events_replay(&value, events, 3, NULL), MRTD_OK);
    has(&value.digest,
        "9eb6152ff5db6c2d27f0561350b5b1845230a3c53dfb8b9cda2ac6c31044a7f7"
        "875a64dbc58f982789d3fc5d8519aea0");
    value.id = MRTD_REGISTER_RTMR1;
    assert_int_equal(mrtd_events_replay(&value, events, 3, NULL), MRTD_OK);
    has(&value.digest,
        "1eb7c2e0c3865b4654bda67bfde69f02737f0902e56f1eabb8f2abfeaa83ee9c"
        "bc57bfc371acdeba8547841492bba9dc");
    value.id = MRTD_REGISTER_RTMR3;
    assert_int_equal(mrtd_events_replay(&value, events, 3, NULL), MRTD_OK);
    has(&value.digest,
        "00000000000000000000000000000000000000000000000000000000000000000000"
        "0000000000000000000000000000");
}

/* What cannot be replayed is refused, and the value stays as it was. */
static void refused(void **state)
{
    (void)state;
    struct mrtd_event event;
    struct mrtd_error error;
    struct mrtd_value value = {.id = MRTD_REGISTER_SEV};
    const struct mrtd_value before = value;
    mrtd_event_separator(&event, MRTD_REGISTER_SEV, 1);
    assert_int_equal(mrtd_events_replay(&value, &event, 1, &error),
                     MRTD_ERR_ARGUMENT);
    assert_memory_equal(&value, &before, sizeof value);
    value.id = MRTD_REGISTER_RTMR2;
    mrtd_event_separator(&event, MRTD_REGISTER_RTMR2, 1);
    event.digest.algorithm = MRTD_ALGORITHM_SHA256;
    assert_int_equal(mrtd_events_replay(&value, &event, 1, &error),
                     MRTD_ERR_ARGUMENT);
    assert_string_equal(error.message,
                        "event 0 of RTMR2 has no digest of SHA-384");
    event.digest.algorithm = MRTD_ALGORITHM_SHA384;
    event.digest.size = 47;
    assert_int_equal(mrtd_events_replay(&value, &event, 1, &error),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(value.digest.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separator),
        cmocka_unit_test(replay),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

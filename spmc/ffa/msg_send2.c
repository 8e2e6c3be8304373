/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_MSG_SEND2: indirect messages, from one TX buffer to another's RX (FF-A v1.2, 7.3, 15.1). */
#include "ffa/mailbox.h"
#include "ffa/notification.h"
#include "spmc/mem.h"

/* Partition message header; v1.1 ends before reserved_2. The message begins at `offset`. */
struct header {
    uint32_t flags;
    uint32_t reserved;
    uint32_t offset;
    uint16_t receiver;
    uint16_t sender;
    uint32_t size;
    uint32_t reserved_2;
    struct uuid uuid;
};

#define HEADER_V1_1_BYTES 20u

_Static_assert(sizeof(struct header) == 40, "layout of the ABI");

/* One message on its way. */
struct message {
    struct header header; /* the only copy that is looked at */
    uint16_t sender;
    const struct mailbox *tx;
    struct mailbox *rx;
    uint32_t rx_version;
    uint32_t rx_offset; /* where the message goes */
    bool told;          /* the receiver has news by a framework notification */
};

static uint32_t header_bytes(uint32_t version)
{
    return version < FFA_VERSION_1_2 ? HEADER_V1_1_BYTES : (uint32_t)sizeof(struct header);
}

/* Who sends: the caller, or a VM of the hypervisor that calls. */
static int32_t find_sender(const struct ffa_call *call, struct message *message)
{
    uint32_t w1 = (uint32_t)call->x[1];
    bool is_nwd = partition_is_nwd(call->partition);
    uint32_t flags = is_nwd ? 0 : FFA_MSG_SEND2_DELAY_SRI;

    message->sender = is_nwd ? FFA_SENDER(w1) : call->partition->id;
    if (((uint32_t)call->x[2] & ~flags) != 0 || FFA_RECEIVER(w1) != 0 ||
        (is_nwd ? !ffa_id_is_vm(message->sender) : w1 != 0)) {
        return FFA_INVALID_PARAMETERS;
    }
    message->tx = mailbox_of(call->spmc, message->sender);
    return message->tx != NULL && message->tx->mapped ? 0 : FFA_DENIED;
}

static int32_t read_header(const struct ffa_call *call, struct message *message)
{
    struct header *header = &message->header;
    uint32_t size = header_bytes(call->partition->ffa_version);
    int32_t error;

    memset(header, 0, sizeof(*header));
    error = mailbox_read_tx(call->cpu, message->tx, 0, header, size);
    if (error != 0) {
        return error;
    }
    if (header->sender != message->sender || header->receiver == message->sender ||
        header->flags != 0 || header->reserved != 0 || header->offset < size ||
        (uint64_t)header->offset + header->size > mailbox_size(message->tx)) {
        return FFA_INVALID_PARAMETERS;
    }
    return 0;
}

static bool is_nil(const struct uuid *uuid)
{
    static const struct uuid nil;

    return memcmp(uuid, &nil, sizeof(nil)) == 0;
}

static int32_t check_receiving_sp(const struct partition *receiver, const struct uuid *uuid)
{
    bool any = is_nil(uuid);

    if (receiver->state == PARTITION_NULL || (!any && !ffa_has_service(receiver, uuid))) {
        return FFA_INVALID_PARAMETERS;
    }
    if (receiver->state == PARTITION_ABORTING || receiver->ffa_version < FFA_VERSION_1_1 ||
        !ffa_has_method(receiver, FFA_PROP_INDIRECT_MSG, any ? NULL : uuid)) {
        return FFA_DENIED;
    }
    return 0;
}

/* Between two VMs their hypervisor carries messages, so one end at least is a partition. */
static int32_t find_receiver(const struct ffa_call *call, struct message *message)
{
    uint16_t id = message->header.receiver;
    const struct partition *receiver = ffa_find_sp(call->spmc, id);
    const struct vm_slot *slot = mailbox_vm_slot(call->spmc, id);

    message->rx = mailbox_of(call->spmc, id);
    if (message->rx == NULL || (receiver == NULL && partition_is_nwd(call->partition))) {
        return FFA_INVALID_PARAMETERS;
    }
    if (!partition_is_nwd(call->partition) &&
        !ffa_has_method(call->partition, FFA_PROP_INDIRECT_MSG, NULL)) {
        return FFA_DENIED;
    }
    if (receiver != NULL) {
        message->rx_version = receiver->ffa_version;
        return check_receiving_sp(receiver, &message->header.uuid);
    }
    message->rx_version = slot != NULL ? slot->ffa_version : call->spmc->nwd->ffa_version;
    return message->rx_version >= FFA_VERSION_1_1 ? 0 : FFA_DENIED;
}

/* The header as the receiver's version has it, and zeroes up to the message. */
static int32_t put_header(const struct ffa_call *call, const struct message *message)
{
    static const uint8_t zeroes[MAILBOX_CHUNK_BYTES];
    uint32_t at = header_bytes(message->rx_version);
    struct header header = message->header;
    int32_t error;

    header.offset = message->rx_offset;
    header.reserved_2 = 0;
    error = mailbox_put(call->cpu, message->rx, 0, &header, at);
    while (error == 0 && at < message->rx_offset) {
        uint32_t size = message->rx_offset - at;

        size = size < sizeof(zeroes) ? size : (uint32_t)sizeof(zeroes);
        error = mailbox_put(call->cpu, message->rx, at, zeroes, size);
        at += size;
    }
    return error;
}

static int32_t put_payload(const struct ffa_call *call, const struct message *message)
{
    uint8_t chunk[MAILBOX_CHUNK_BYTES];
    int32_t error = 0;

    for (uint32_t done = 0; error == 0 && done < message->header.size;) {
        uint32_t size = message->header.size - done;

        size = size < sizeof(chunk) ? size : (uint32_t)sizeof(chunk);
        error = mailbox_read_tx(call->cpu, message->tx, (uint64_t)message->header.offset + done,
                                chunk, size);
        if (error == 0) {
            error = mailbox_put(call->cpu, message->rx, (uint64_t)message->rx_offset + done, chunk,
                                size);
        }
        done += size;
    }
    return error;
}

static int32_t deliver(const struct ffa_call *call, struct message *message)
{
    uint32_t least = header_bytes(message->rx_version);
    uint64_t by =
        ffa_id_is_vm(message->sender) ? NOTIFICATION_RX_FULL_BY_VM : NOTIFICATION_RX_FULL_BY_SP;
    int32_t error = mailbox_begin_write(call->cpu, message->rx);
    uint64_t used;

    if (error != 0) {
        return error;
    }
    /* The header of a newer receiver may need the place where the sender put the message. */
    message->rx_offset = message->header.offset > least ? message->header.offset : least;
    used = (uint64_t)message->rx_offset + message->header.size;
    if (mailbox_of(call->spmc, message->header.receiver) != message->rx) {
        error = FFA_BUSY; /* the slot went to another VM meanwhile */
    } else if (used > mailbox_size(message->rx)) {
        error = FFA_INVALID_PARAMETERS;
    }
    if (error == 0) {
        error = put_header(call, message);
    }
    if (error == 0) {
        error = put_payload(call, message);
    }
    if (error != 0) {
        mailbox_cancel(call->cpu, message->rx);
        return error;
    }
    return mailbox_deliver(call->cpu, message->rx, used, message->header.receiver, by,
                           &message->told);
}

void ffa_msg_send2(const struct ffa_call *call, struct ffa_result *out)
{
    struct message message = {.told = false};
    int32_t error = find_sender(call, &message);

    if (error == 0) {
        error = read_header(call, &message);
    }
    if (error == 0) {
        error = find_receiver(call, &message);
    }
    if (error == 0) {
        error = deliver(call, &message);
    }
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    if (message.told) {
        notification_schedule(call->cpu, ((uint32_t)call->x[2] & FFA_MSG_SEND2_DELAY_SRI) != 0);
    }
    ffa_return_success(out);
}

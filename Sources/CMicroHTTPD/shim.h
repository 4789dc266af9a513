#ifndef WT_MICROHTTPD_SHIM_H
#define WT_MICROHTTPD_SHIM_H

#include <microhttpd.h>

/* MHD_start_daemon and the calls for facts are variadic, which Swift cannot call.
   A thread for each connection: an answer may stand still for as long as its client likes. */
static inline struct MHD_Daemon *wt_mhd_start(
    const struct sockaddr *address, MHD_AccessHandlerCallback handler, void *context,
    MHD_RequestCompletedCallback completed, unsigned connections) {
    return MHD_start_daemon(
        MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0, NULL, NULL,
        handler, context, MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_NOTIFY_COMPLETED, completed,
        context, MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_END);
}
static inline int wt_mhd_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}
static inline int wt_mhd_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/* The library's enumerations are closed or flags, which Swift renames: these keep C's names. */
static inline enum MHD_Result wt_mhd_yes(void) { return MHD_YES; }
static inline enum MHD_Result wt_mhd_no(void) { return MHD_NO; }
static inline void wt_mhd_headers(
    struct MHD_Connection *connection, MHD_KeyValueIterator iterator, void *context) {
    MHD_get_connection_values(connection, MHD_HEADER_KIND, iterator, context);
}
static inline void wt_mhd_arguments(
    struct MHD_Connection *connection, MHD_KeyValueIterator iterator, void *context) {
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, iterator, context);
}
static inline struct MHD_Response *wt_mhd_copy(size_t size, const void *bytes) {
    return MHD_create_response_from_buffer(size, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

#endif

#include <libwebsockets.h>
#include <openssl/crypto.h>

// What Swift does not import: macros with casts or arithmetic.
static const size_t parley_lws_pre = LWS_PRE;
static const int parley_lws_port_no_listen_server = CONTEXT_PORT_NO_LISTEN_SERVER;
static const int parley_lws_port_no_listen = CONTEXT_PORT_NO_LISTEN;
static const int parley_lws_kill_now = LWS_TO_KILL_SYNC;
static const int parley_lws_kill_soon = LWS_TO_KILL_ASYNC;
static const uint64_t parley_lws_option_plain = LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME;
static const uint64_t parley_lws_option_tls = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;

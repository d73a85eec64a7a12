#include <libpq-fe.h>

static void parley_ignore(void *context, const PGresult *notice) { (void)context, (void)notice; }

// libpq prints what a server has to say to standard error, with values of tables in it. Nobody is told.
static inline void parley_hush(PGconn *connection) { PQsetNoticeReceiver(connection, parley_ignore, 0); }

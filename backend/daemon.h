// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/config.h"

namespace belfry {

// The backend as a service: opens the data, listens, tells systemd, obeys signals. SIGTERM: nothing new is started,
// what was decided is made durable, exit within 5 s (a second SIGTERM: at once); SIGHUP: the configuration is read
// again. Exit codes: 0 ended as asked, 1 anything else (address in use), 2 configuration, 3 data in use or of a newer
// version, 4 data damaged.
int runBackend(int &argc, char **argv, const BackendConfig &config);

} // namespace belfry

// What a run tells its operator: progress while it lasts, and the closing account for a person and for a program; and
// what the network sees at a site, as a picture and as text (site_view.h).
//
//   report::Progress progress(windows, "windows");   // lines on stderr while it lives; add() from any thread
//   report::RunSummary summary; ...                  // filled by the pipeline
//   for (line : report::closing_lines(summary)) base::info("report", "{}", line);
//   report::write_json(summary, path);
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "report/progress.h"
#include "report/run_summary.h"
#include "report/site_view.h"
#include "report/variant_counts.h"

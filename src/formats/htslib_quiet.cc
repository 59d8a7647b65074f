#include "formats/htslib_quiet.h"

#include <htslib/hts_log.h>

#include <cstdlib>
#include <mutex>

namespace haploom::formats {

void quiet_htslib() {
  static std::once_flag done;
  std::call_once(done, [] {
    hts_set_log_level(HTS_LOG_OFF);
    setenv("REF_PATH", "/nonexistent/%s", 1);  // unset, htslib asks a server for sequences that the FASTA lacks
  });
}

}  // namespace haploom::formats

// GBZ: a pangenome graph with its haplotype paths, versions 1, 2 and 3.
//
// In:     the whole file as bytes; the views returned point into them or into memory the Gbz owns
// Out:    node labels, path names, and the bidirectional BWT record by record
// Cost:   parse: one pass; zstd pieces are decompressed into memory the Gbz owns
//         every walk from sequence_starts() ends, all of them within visit_total() steps; a file made with malice may hold
//         further visits that no walk reaches
// Errors: kInput/kGbzFormat naming the piece and the byte offset for anything the format forbids; never a crash, never
//         memory beyond a small multiple of the file (declared sizes are checked against the bytes that are there);
//         base::Interrupted from parse, path_row and build_gbz
// Source: GBZ file format, Siren and Paten 2022, doi:10.1093/bioinformatics/btac656; jltsiren/simple-sds, gbwt-rs notes
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haploom::gbz {

// Node code: 2 * node id + strand (0 forward, 1 reverse). Code 0 is the endmarker.
using NodeCode = uint64_t;
constexpr NodeCode kEndmarker = 0;
constexpr uint64_t node_id(NodeCode code) { return code >> 1; }
constexpr bool is_reverse(NodeCode code) { return (code & 1) != 0; }
constexpr NodeCode flipped(NodeCode code) { return code ^ 1; }

constexpr uint32_t kNoPhase = 0xFFFFFFFF;  // phase of a generic path in newer files
inline constexpr std::string_view kGenericSample = "_gbwt_ref";

enum class Sense { kGeneric, kReference, kHaplotype };

struct PathName {
  uint32_t sample = 0;   // index into samples()
  uint32_t contig = 0;   // index into contigs()
  uint32_t phase = 0;
  uint32_t fragment = 0;  // start within the haplotype for W-lines
};

// One place of the BWT: the visit-th visit of the node.
struct Visit {
  NodeCode node = kEndmarker;
  uint64_t visit = 0;
  bool operator==(const Visit&) const = default;
};

struct Edge {
  NodeCode successor = kEndmarker;
  uint64_t base = 0;  // visits that arrive at successor from records with a smaller code
  bool operator==(const Edge&) const = default;
};
struct Run {
  uint32_t rank = 0;  // index into the record's edges
  uint64_t length = 0;
  bool operator==(const Run&) const = default;
};
// One record, decoded. Reuse one object over many records.
struct Record {
  std::vector<Edge> edges;  // rising successor
  std::vector<Run> runs;
  uint64_t visits() const;
};

class Gbz {
 public:
  // source: the file's name for messages.
  static Gbz parse(std::span<const std::byte> bytes, std::string source);
  ~Gbz();
  Gbz(Gbz&&) noexcept;
  Gbz& operator=(Gbz&&) noexcept;

  int version() const;
  const std::vector<std::pair<std::string, std::string>>& tags() const;  // GBZ tags, then GBWT tags
  // Samples listed in the GBWT tag `reference_samples`.
  const std::vector<std::string>& reference_samples() const;

  // Path names; empty when the file has none (then path i has no name and PathName is {}).
  uint64_t path_count() const;      // sequences / 2
  PathName path_name(uint64_t path) const;
  std::string sample_name(uint32_t sample) const;   // decimal number when the file has no names
  std::string contig_name(uint32_t contig) const;
  Sense sense(uint64_t path) const;
  std::string composed_name(uint64_t path) const;   // gbz_format.md section 7

  // Nodes: codes are 0 (endmarker) and first_code() .. alphabet_size()-1; first_code() is even.
  uint64_t alphabet_size() const;
  NodeCode first_code() const;
  uint64_t visit_total() const;                     // `size` of the GBWT header
  std::string_view label(uint64_t id) const;        // forward bases of a node id; empty when absent

  // Decodes the record of a code; edges empty when nobody visits it. out is overwritten.
  void record(NodeCode code, Record& out) const;

  // Where sequence s starts (2p forward, 2p+1 reverse); node 0 for an empty path.
  const std::vector<Visit>& sequence_starts() const;

  // GFA segments behind the nodes, when the file has a translation: names by first node id.
  struct Segment { std::string name; uint64_t first_node = 0; uint64_t end_node = 0; };
  const std::vector<Segment>& segments() const;

 private:
  struct State;
  explicit Gbz(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Walks sequences step by step; keeps its buffers, so one serves many walks (of one thread).
class Walker {
 public:
  explicit Walker(const Gbz& gbz) : gbz_(gbz) {}
  // One step forward; nullopt at the end of the path. Slow: decodes the record.
  std::optional<Visit> next(Visit at);

 private:
  const Gbz& gbz_;
  Record now_;
  std::vector<uint64_t> before_;  // earlier visits of the record with each rank
};

// The table of `haploom gbz paths`: a line for each path in file order, without its newline. length is in bases, sha256
// that of the forward sequence, nodes the visits of the walk.
inline constexpr std::string_view kPathTableHeader = "#path\tsample\tphase\tcontig\tfragment\tlength\tsha256\tnodes\tname\tsense";
std::string path_row(const Gbz& gbz, Walker& walker, uint64_t path);

// The GBZ of a GFA file, as bytes in order. gfa: GFA 1.0 or 1.1 with P or W lines, plain or gzip; segments longer than
// max_node are cut. version: 1, 2 or 3. Errors: kInput/kGfaFormat with file and line.
constexpr uint32_t kMaxNodeBases = 1024;  // default of gbwtgraph and vg
void build_gbz(const std::string& gfa, uint32_t max_node, int version, const std::function<void(std::string_view)>& sink);

// The complement of GBZ tools: IUPAC letters keeping case (S and W exchanged), anything unknown N. Used for path
// sequences of tables, not for calling (see genome/dna.h).
char complement_gbz(char base);

}  // namespace haploom::gbz

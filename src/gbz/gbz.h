// GBZ: a pangenome graph with its haplotype paths, versions 1, 2 and 3.
//
// In:     the whole file as bytes; the views returned point into them or into memory the Gbz owns
// Out:    node labels, path names, and the bidirectional BWT record by record
// Cost:   parse: open, verify, and one pass over the bases. What is large stays in the file's bytes: the Gbz takes about half
//         a byte a node beside them, and what it must decompress: the BWT of version 3 (about 0.1 bytes a visit), and, when
//         it was parse()d, the bases of versions 2 and 3
//         every walk from sequence_starts() ends, all of them within visit_total() steps; a file made with malice may hold
//         further visits that no walk reaches
// Errors: kInput/kGbzFormat naming the piece and the byte offset for anything the format forbids; never a crash, never
//         memory beyond a small multiple of the file (declared sizes are checked against the bytes that are there);
//         base::Interrupted from parse, verify, path_row and build_gbz. Bytes that change after they were verified are met
//         with kInternal, or with wrong answers: who maps a file asks in the end whether it is still the same
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

  // parse() in steps, for who reads a large graph once and wants little memory. open: all but the records and the bases;
  // nothing that gives records, visits or bases may be asked before verify() has ended well.
  static Gbz open(std::span<const std::byte> bytes, std::string source);
  // Both strands of a node id, once, while they are decoded anyway. Called by several threads; a range of kIdsAtOnce ids
  // (counted from the first) in rising order by one of them. A graph with any damage may be seen before it is refused.
  struct Strands {
    uint64_t id = 0;
    uint64_t bases = 0;
    const Record& forward;
    const Record& reverse;
  };
  static constexpr uint64_t kIdsAtOnce = 8192;
  void verify(unsigned threads, const std::function<void(const Strands&)>& look) const;

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
  uint64_t label_length(uint64_t id) const;         // 0 when absent
  std::string label(uint64_t id) const;             // forward bases of a node id; empty when absent. Not from an open()ed
                                                    // graph that has_label_stream(): LabelReader
  bool has_label_stream() const;                    // bases can only be read from the first node id on

  // Decodes the record of a code; edges empty when nobody visits it. out is overwritten.
  void record(NodeCode code, Record& out) const;

  // Where sequence s starts (2p forward, 2p+1 reverse); node 0 for an empty path.
  const std::vector<Visit>& sequence_starts() const;

  // GFA segments behind the nodes, when the file has a translation.
  uint64_t segment_count() const;

 private:
  friend class RecordReader;
  friend class LabelReader;
  struct State;
  explicit Gbz(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Reads records in the order of their codes. False behind the last.
class RecordReader {
 public:
  RecordReader(const Gbz& gbz, NodeCode first);
  ~RecordReader();
  bool next(Record& out);

 private:
  std::unique_ptr<class RecordCursor> cursor_;
};

// Reads lengths and bases of nodes in the order of their ids. The bases are checked here: kGbzFormat for what is none.
class LabelReader {
 public:
  // first: the first id of all where the graph has_label_stream()
  LabelReader(const Gbz& gbz, uint64_t first);
  ~LabelReader();
  uint64_t next_length();                   // of the ids one after the other; 0 behind the last
  void read(uint64_t count, char* out);     // bases, on their own, from the first id's on
  void finish();                            // after the last: that no more follow

 private:
  struct State;
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

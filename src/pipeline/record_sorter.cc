#include "pipeline/record_sorter.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <tuple>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"

namespace haploom::pipeline {
namespace {

constexpr size_t kChunkBytes = 1 << 20;         // records lie in chunks, so that growth copies nothing
constexpr size_t kSpillBufferBytes = 1 << 18;   // of one waiting piece, when pieces are merged

struct Entry {
  int32_t contig;
  uint32_t size;
  int64_t start;
  int64_t end;
  uint64_t order;  // file and record
  const char* bytes;

  auto key() const { return std::tuple(contig, start, end, order); }
  Place place() const { return {contig, start, end}; }
};
bool before(const Entry& a, const Entry& b) { return a.key() < b.key(); }

// A file without a name, gone with its descriptor.
class Scratch {
 public:
  explicit Scratch(const std::string& folder) : folder_(folder) {
    std::string name = folder + "/.haploom_sort_XXXXXX";
    fd_ = Descriptor(::mkostemp(name.data(), O_CLOEXEC));
    if (!fd_) fail("cannot make a file", errno);
    ::unlink(name.c_str());
  }

  uint64_t size() const { return size_; }

  void append(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(fd_.number(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) fail("cannot write", written == 0 ? ENOSPC : errno);
      size_ += static_cast<uint64_t>(written);
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }

  size_t read(char* to, size_t most, uint64_t at) const {
    while (true) {
      const ssize_t got = ::pread(fd_.number(), to, most, static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail("cannot read back", errno);
      return static_cast<size_t>(got);
    }
  }

 private:
  [[noreturn]] void fail(std::string_view doing, int why) const {
    throw Error{Exit::kResource, Reason::kOutput, "pipeline",
                fmt::format("{} for sorting in folder '{}': {}", doing, folder_, std::strerror(why)),
                "free space there, set TMPDIR to a folder on another disk, or raise --max_memory"};
  }

  std::string folder_;
  Descriptor fd_;
  uint64_t size_ = 0;
};

}  // namespace

// Where one sorted piece is read from: memory, or a stretch of a scratch file.
struct RecordSorter::Run {
  // memory
  const Entry* entry = nullptr;
  const Entry* last = nullptr;
  // file
  const Scratch* scratch = nullptr;
  uint64_t at = 0, end = 0;
  std::string buffer;
  size_t used = 0;
  Entry current = {};

  bool next() {
    if (scratch == nullptr) {
      if (entry == last) return false;
      current = *entry++;
      return true;
    }
    if (used == buffer.size() && at == end) return false;
    need(sizeof(Entry));
    std::memcpy(&current, buffer.data() + used, sizeof(Entry));
    used += sizeof(Entry);
    need(current.size);
    current.bytes = buffer.data() + used;
    used += current.size;
    return true;
  }

 private:
  void need(size_t bytes) {
    if (buffer.size() - used >= bytes) return;
    buffer.erase(0, used);
    used = 0;
    size_t have = buffer.size();
    buffer.resize(have + std::min<uint64_t>(std::max(kSpillBufferBytes, bytes), end - at));
    while (have < buffer.size()) {
      const size_t got = scratch->read(buffer.data() + have, buffer.size() - have, at);
      check(got > 0, "a scratch file is as long as it was written");
      have += got;
      at += got;
    }
    check(buffer.size() >= bytes, "a record lies whole in its piece");
  }
};

struct RecordSorter::Writer::State {
  std::vector<std::unique_ptr<char[]>> chunks;
  size_t room = 0;  // left in the last chunk
  char* free = nullptr;
  std::vector<Entry> entries;
  uint64_t bytes = 0;
  uint64_t records = 0;
  std::optional<Scratch> scratch;
  std::vector<std::pair<uint64_t, uint64_t>> pieces;  // of scratch: from, to

  const char* keep(std::string_view record) {
    if (record.size() > room) {
      room = std::max(kChunkBytes, record.size());
      chunks.push_back(std::make_unique_for_overwrite<char[]>(room));
      free = chunks.back().get();
      bytes += room;
    }
    char* at = free;
    std::memcpy(at, record.data(), record.size());
    free += record.size();
    room -= record.size();
    return at;
  }

  void sort() {
    if (!std::is_sorted(entries.begin(), entries.end(), before)) std::sort(entries.begin(), entries.end(), before);
  }

  void spill(const std::string& folder) {
    sort();
    if (!scratch) scratch.emplace(folder);
    const uint64_t from = scratch->size();
    std::string out;
    for (const Entry& entry : entries) {
      out.append(reinterpret_cast<const char*>(&entry), sizeof(entry));
      out.append(entry.bytes, entry.size);
      if (out.size() >= kSpillBufferBytes) scratch->append(out), out.clear();
    }
    scratch->append(out);
    pieces.emplace_back(from, scratch->size());
    entries.clear();
    chunks.clear();
    room = 0;
    bytes = 0;
  }
};

struct RecordSorter::Merge {
  std::vector<Run> runs;
  std::vector<Run*> heap;  // those with a current record, the first on top
  Run* taken = nullptr;    // gave the last record
};

RecordSorter::RecordSorter(uint64_t memory_bytes, int threads, std::string scratch_folder)
    : bytes_a_writer_(memory_bytes / static_cast<uint64_t>(std::max(1, threads))), scratch_folder_(std::move(scratch_folder)) {}
RecordSorter::~RecordSorter() = default;

RecordSorter::Writer::Writer(RecordSorter& sorter, std::unique_ptr<State> state) : sorter_(&sorter), state_(std::move(state)) {}
RecordSorter::Writer::Writer(Writer&&) noexcept = default;
RecordSorter::Writer::~Writer() {
  if (state_) sorter_->give_back(std::move(state_));
}

RecordSorter::Writer RecordSorter::writer() {
  const std::lock_guard lock(mutex_);
  check(merge_ == nullptr, "records are added before the first is read");
  if (idle_.empty()) return {*this, std::make_unique<Writer::State>()};
  std::unique_ptr<Writer::State> state = std::move(idle_.back());
  idle_.pop_back();
  return {*this, std::move(state)};
}

void RecordSorter::give_back(std::unique_ptr<Writer::State> state) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(state));
}

void RecordSorter::Writer::add(const Place& place, uint64_t file, std::string_view bytes) {
  constexpr int kRecordBits = 44;
  State& state = *state_;
  const uint64_t full = std::max<uint64_t>(sorter_->bytes_a_writer_, 4 * kChunkBytes);
  // A full list of entries grows to twice its size, with the old one still there.
  const size_t capacity = state.entries.capacity() * (state.entries.size() == state.entries.capacity() ? 3 : 1);
  if (state.bytes + bytes.size() + capacity * sizeof(Entry) > full && !state.entries.empty()) state.spill(sorter_->scratch_folder_);
  const uint64_t order = file << kRecordBits | state.records++;
  state.entries.push_back({place.contig, static_cast<uint32_t>(bytes.size()), place.start, place.end, order, state.keep(bytes)});
}

std::optional<RecordSorter::Record> RecordSorter::next() {
  const auto later = [](const Run* a, const Run* b) { return before(b->current, a->current); };
  if (!merge_) {
    merge_ = std::make_unique<Merge>();
    for (const auto& state : idle_) {
      state->sort();
      records_ += state->records;
      if (state->scratch) spilled_bytes_ += state->scratch->size();
      Run memory;
      memory.entry = state->entries.data();
      memory.last = memory.entry + state->entries.size();
      merge_->runs.push_back(std::move(memory));
      for (const auto& [from, to] : state->pieces) {
        Run piece;
        piece.scratch = &*state->scratch;
        piece.at = from;
        piece.end = to;
        merge_->runs.push_back(std::move(piece));
      }
    }
    for (Run& run : merge_->runs)
      if (run.next()) merge_->heap.push_back(&run);
    std::make_heap(merge_->heap.begin(), merge_->heap.end(), later);
  }
  std::vector<Run*>& heap = merge_->heap;
  if (Run* run = std::exchange(merge_->taken, nullptr); run != nullptr && run->next()) {
    heap.push_back(run);
    std::push_heap(heap.begin(), heap.end(), later);
  }
  if (heap.empty()) return std::nullopt;
  std::pop_heap(heap.begin(), heap.end(), later);
  merge_->taken = heap.back();
  heap.pop_back();
  const Entry& entry = merge_->taken->current;
  return Record{entry.place(), {entry.bytes, entry.size}};
}

}  // namespace haploom::pipeline

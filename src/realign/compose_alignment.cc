#include "realign/compose_alignment.h"

#include <algorithm>
#include <deque>

namespace haploom::realign {
namespace {

using genome::Cigar;
using genome::CigarOp;

constexpr char as_match(char op) { return genome::is_match(op) ? 'M' : op; }
constexpr bool is_opposite(char a, char b) { return (a == 'I' && b == 'D') || (a == 'D' && b == 'I'); }

// The alignment under construction; bases of the read beyond its length are not taken.
class Output {
 public:
  explicit Output(int32_t read_length) : read_length_(read_length) {}

  bool is_full() const { return aligned() >= read_length_; }

  void add(CigarOp part) {
    const int32_t room = read_length_ - aligned();
    const int32_t length = part.op == 'D' ? part.length : std::min(part.length, room);
    if (length <= 0 || room == 0) return;
    if (!cigar_.empty() && is_opposite(part.op, cigar_.back().op)) {
      cancel();
    } else {
      genome::append(cigar_, part.op, length);
    }
  }

  Cigar take() { return std::move(cigar_); }

 private:
  int32_t aligned() const {
    int32_t sum = 0;
    for (const CigarOp& part : cigar_) sum += part.op == 'D' ? 0 : part.length;
    return sum;
  }

  // One inserted and one deleted base make a match before the rest of the indel.
  void cancel() {
    if (cigar_.size() > 1 && cigar_[cigar_.size() - 2].op == 'M') {
      ++cigar_[cigar_.size() - 2].length;
    } else {
      cigar_.insert(cigar_.end() - 1, {'M', 1});
    }
    if (--cigar_.back().length == 0) cigar_.pop_back();
  }

  const int32_t read_length_;
  Cigar cigar_;
};

// Operations in order, the first of them held and used up base by base.
class Input {
 public:
  explicit Input(const Cigar& cigar) {
    for (const CigarOp& part : cigar) waiting_.push_back({as_match(part.op), part.length});
  }
  bool waits() const { return !waiting_.empty(); }
  bool holds() const { return held_.length > 0; }
  char op() const { return held_.op; }
  const CigarOp& next() const { return waiting_.front(); }
  CigarOp pop() {
    const CigarOp out = waiting_.front();
    waiting_.pop_front();
    return out;
  }
  void push(CigarOp part) { waiting_.push_front(part); }
  void hold() { held_ = pop(); }
  void use() { --held_.length; }

 private:
  std::deque<CigarOp> waiting_;
  CigarOp held_{'\0', 0};
};

// Drops what lies before base `position` of the haplotype, and a deletion that would then come first.
void trim(Input& haplotype, int32_t position) {
  int32_t passed = 0;
  while (passed < position && haplotype.waits()) {
    const CigarOp part = haplotype.pop();
    if (part.op == 'D') continue;
    if (passed + part.length > position) haplotype.push({part.op, passed + part.length - position});
    passed = std::min(passed + part.length, position);
  }
  if (haplotype.waits() && haplotype.next().op == 'D') haplotype.pop();
}

// The stronger of two operations on the same base.
char stronger(char a, char b) {
  for (const char op : {'S', 'D', 'I'}) {
    if (a == op || b == op) return op;
  }
  return 'M';
}

// Uses up the held operations together until one of them ends.
void merge_held(Input& read, Input& haplotype, Output& out) {
  while (read.holds() && haplotype.holds()) {
    if (is_opposite(read.op(), haplotype.op())) {
      const bool inserted_again = haplotype.op() == 'D';
      read.use();
      haplotype.use();
      if (inserted_again) {
        haplotype.push({'M', 1});
        read.push({'M', 1});
      }
      continue;
    }
    out.add({stronger(read.op(), haplotype.op()), 1});
    if (read.op() == 'I') {
      read.use();
    } else if (haplotype.op() == 'D') {
      haplotype.use();
    } else {
      haplotype.use();
      read.use();
    }
  }
}

// The plain case: base for base, the haplotype like the reference all along.
bool is_plain(int32_t read_length, const Cigar& read_cigar, int32_t position, const Cigar& haplotype_cigar) {
  const auto all_match = [](const Cigar& cigar) {
    return std::all_of(cigar.begin(), cigar.end(), [](const CigarOp& part) { return genome::is_match(part.op); });
  };
  return all_match(read_cigar) && all_match(haplotype_cigar) && genome::read_length(read_cigar) == read_length &&
         position + int64_t{read_length} <= genome::read_length(haplotype_cigar);
}

}  // namespace

Cigar compose(int32_t read_length, const Cigar& read_cigar, int32_t position, const Cigar& haplotype_cigar) {
  if (is_plain(read_length, read_cigar, position, haplotype_cigar)) return {{'M', read_length}};
  Input read(read_cigar);
  Input haplotype(haplotype_cigar);
  Output out(read_length);
  trim(haplotype, position);
  if (!haplotype.waits()) return {};
  if (read.waits() && read.next().op == 'S') out.add(read.pop());

  while ((read.waits() || haplotype.waits()) && !out.is_full()) {
    if (read.waits() && !haplotype.waits() && !haplotype.holds()) {
      out.add(read.pop());
      continue;
    }
    if (!read.waits() && !read.holds() && haplotype.waits()) break;
    if (!read.holds()) read.hold();
    if (!haplotype.holds()) haplotype.hold();
    merge_held(read, haplotype, out);
  }
  for (; read.holds() && read.op() == 'S'; read.use()) out.add({'S', 1});
  if (read.waits() || read.holds()) return {};
  return out.take();
}

int32_t shift_at(const Cigar& haplotype_cigar, int32_t position) {
  int32_t shift = 0;
  int32_t passed = 0;
  for (const CigarOp& part : haplotype_cigar) {
    if (part.op == 'D') {
      shift += part.length;
      continue;
    }
    if (part.op == 'S') shift -= part.length;
    if (position < passed + part.length) return part.op == 'I' ? shift - (position - passed) : shift;
    if (part.op == 'I') shift -= part.length;
    passed += part.length;
  }
  return 0;
}

bool is_leftmost(const Cigar& cigar, int64_t start, std::string_view reference, std::string_view read) {
  if (start < 0) return true;
  auto r = static_cast<size_t>(start);
  size_t q = 0;
  for (const CigarOp& part : cigar) {
    const auto length = static_cast<size_t>(part.length);
    if (part.op == 'D') {
      if (r + length > reference.size()) return false;
      if (q > 0 && reference[r + length - 1] == read[q - 1]) return false;
    }
    if (part.op == 'I' && r > 0 && r <= reference.size() && reference[r - 1] == read[q + length - 1]) return false;
    if (part.op == 'M' || part.op == 'D') r += length;
    if (part.op != 'D') q += length;
  }
  return true;
}

}  // namespace haploom::realign

#include "realign/fast_pass_aligner.h"
#include "realign/realign.h"

namespace haploom::realign {

struct HaplotypeAligner::State {
  explicit State(const AlignerOptions& options) : aligner(options) {}
  FastPassAligner aligner;
  std::string haplotype;
  std::vector<HaplotypeAlignment> out;
};

HaplotypeAligner::HaplotypeAligner(const AlignerOptions& options) : state_(std::make_unique<State>(options)) {}
HaplotypeAligner::~HaplotypeAligner() = default;
HaplotypeAligner::HaplotypeAligner(HaplotypeAligner&&) noexcept = default;
HaplotypeAligner& HaplotypeAligner::operator=(HaplotypeAligner&&) noexcept = default;

std::span<const HaplotypeAlignment> HaplotypeAligner::align(std::string_view haplotype, std::span<const std::string_view> reads) {
  State& state = *state_;
  state.haplotype.assign(haplotype);
  FastPassAligner::Task task;
  task.reference = state.haplotype;
  task.haplotypes = std::span(&state.haplotype, 1);
  task.reads = reads;
  task.force = true;
  const auto answers = state.aligner.align(task);
  state.out.assign(reads.size(), {});
  for (size_t i = 0; i < reads.size(); ++i) {
    const FastPassAligner::Answer& answer = answers[i];
    switch (answer.outcome) {
      case FastPassAligner::Outcome::kAligned:
        state.out[i] = {HaplotypeAlignment::Kind::kPlaced, answer.start, answer.cigar};
        break;
      case FastPassAligner::Outcome::kUnfit: state.out[i].kind = HaplotypeAlignment::Kind::kAsItWas; break;
      case FastPassAligner::Outcome::kUnaligned: break;
    }
  }
  return state.out;
}

}  // namespace haploom::realign

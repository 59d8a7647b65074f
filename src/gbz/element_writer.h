// The building blocks of a simple-sds file, written: the counterpart of elements.h and strings.h.
//
// Out:    bytes handed to a sink in pieces of about a megabyte; the same input gives the same bytes
// Source: as elements.h; widths of sparse vectors as sdsl-lite's sd_vector chooses them
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haploom::gbz {

class ElementWriter {
 public:
  using Sink = std::function<void(std::string_view)>;
  explicit ElementWriter(Sink sink) : sink_(std::move(sink)) {}

  void element(uint64_t value);
  void halves(uint32_t low, uint32_t high);
  void bytes(std::string_view bytes);  // a multiple of 8 of them, as they are
  void byte_vector(std::string_view bytes);
  void absent() { element(0); }  // an optional structure
  // width 0: what the largest value needs.
  void packed_ints(std::span<const uint64_t> values, unsigned width = 0);
  // values: never falling. universe: 0 for one more than the last.
  void sparse_ints(std::span<const uint64_t> values, uint64_t universe = 0);
  void strings(const std::vector<std::string>& texts);
  void dictionary(const std::vector<std::string>& texts);
  void tags(const std::vector<std::pair<std::string, std::string>>& tags);
  // starts of strings within text, whose universe is the whole text.
  void strings(std::span<const uint64_t> starts, std::string_view text, uint64_t universe);
  void compressed_strings(std::span<const uint64_t> starts, std::string_view text);
  void flush();

 private:
  template <typename At>
  void packed(uint64_t size, unsigned width, At at);

  Sink sink_;
  std::string buffer_;
};

std::string compressed(std::string_view bytes);  // one zstd frame

}  // namespace haploom::gbz

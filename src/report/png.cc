#include "report/png.h"

#include <zlib.h>

#include <string_view>

#include "base/error.h"

namespace haploom::report {
namespace {

constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);
constexpr char kUpFilter = 2;
constexpr int kLevel = 6;

std::string big_endian(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string chunk(std::string_view type, std::string_view data) {
  const std::string body = std::string(type) + std::string(data);
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big_endian(static_cast<uint32_t>(data.size())) + body + big_endian(static_cast<uint32_t>(crc));
}

std::string deflated(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  const int status = compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), kLevel);
  check(status == Z_OK, "zlib compresses what it has room for");
  out.resize(size);
  return out;
}

}  // namespace

std::string png(int width, int height, std::span<const uint8_t> rgb) {
  const size_t line = static_cast<size_t>(width) * 3;
  check(width > 0 && height > 0 && rgb.size() == line * static_cast<size_t>(height), "a picture has the bytes of its size");
  std::string filtered;
  filtered.reserve((line + 1) * static_cast<size_t>(height));
  for (size_t y = 0; y < static_cast<size_t>(height); ++y) {
    filtered += kUpFilter;
    for (size_t x = 0; x < line; ++x) {
      const int above = y == 0 ? 0 : rgb[(y - 1) * line + x];
      filtered += static_cast<char>(rgb[y * line + x] - above);
    }
  }
  const std::string header = big_endian(static_cast<uint32_t>(width)) + big_endian(static_cast<uint32_t>(height)) + std::string("\x08\x02\0\0\0", 5);
  return std::string(kSignature) + chunk("IHDR", header) + chunk("IDAT", deflated(filtered)) + chunk("IEND", "");
}

}  // namespace haploom::report

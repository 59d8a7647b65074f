// A pangenome's index beside its GBZ: when it is used, when not, and what a load makes of it.
#include "shared_image/index_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared_image/gbz_source.h"
#include "shared_image/pangenome.h"
#include "shared_image/store_fixture.h"

namespace haploom::shared_image {
namespace {

class IndexFileTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    gbz_ = scratch_ + "/a.gbz";
    write_gbz("G");
  }
  void write_gbz(const std::string& middle) const {
    std::ofstream(scratch_ + "/g.gfa") << "H\tVN:Z:1.1\tRS:Z:GRCh38\nS\t1\tACGT\nS\t2\t" << middle << "\nS\t3\tTTTT\n"
                                       << "W\tGRCh38\t0\tchr20\t0\t*\t>1>2>3\nW\tHG1\t1\tchr20\t0\t8\t>1>3\n";
    std::ofstream out(gbz_, std::ios::binary);
    gbz::build_gbz(scratch_ + "/g.gfa", 1024, 1, [&](std::string_view bytes) { out.write(bytes.data(), static_cast<long>(bytes.size())); });
  }
  std::string index() const { return index_path_of(gbz_); }
  bool used() const { return IndexFile::open(gbz_, fingerprint_of(gbz_)).has_value(); }
  HoldOptions in_store() const {
    HoldOptions out;
    out.store = options_;
    out.placement.directory = options_.directory;
    return out;
  }
  // Held where every byte is copied: a store that lives in memory.
  HoldOptions in_memory() const {
    HoldOptions out;
    out.placement.backing = Backing::kPrivate;
    return out;
  }
  static std::vector<std::byte> bytes_of(const Lease& lease) { return {lease.image().begin(), lease.image().end()}; }
  void damage(uint64_t at) const {
    std::filesystem::permissions(index(), std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
    std::fstream file(index(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<long>(at));
    const char was = static_cast<char>(file.get());
    file.seekp(static_cast<long>(at));
    file.put(static_cast<char>(was ^ 1));
  }

  std::string gbz_;
};

TEST_F(IndexFileTest, HoldsWhatAConversionMakes) {
  const std::vector<std::byte> converted = bytes_of(attach_or_load_gbz(gbz_, "x", Policy::kTransient, in_memory()));
  EXPECT_TRUE(write_index(gbz_, false, 1).made);
  EXPECT_EQ(bytes_of(attach_or_load_gbz(gbz_, "x", Policy::kTransient, in_memory())), converted);
  const Lease mapped = attach_or_load_gbz(gbz_, "x", Policy::kTransient, in_store());
  EXPECT_EQ(bytes_of(mapped), converted);
  EXPECT_EQ(mapped.header().reference_samples.text(), "GRCh38");
}

TEST_F(IndexFileTest, IsMappedWhereItStandsAndNothingIsPutIntoAStoreOnADisk) {
  write_index(gbz_, false, 1);
  {
    const Lease lease = attach_or_load_gbz(gbz_, "x", Policy::kTransient, in_store());
    EXPECT_EQ(lease.name(), index());
    EXPECT_TRUE(files().empty());
  }
  EXPECT_TRUE(std::filesystem::exists(index())) << "leaving removes no index";
  EXPECT_EQ(attach_or_load_gbz(gbz_, "x", Policy::kKept, in_store()).name(), "x") << "a loader keeps it under its name";
}

TEST_F(IndexFileTest, IsCopiedIntoAStoreAndTheCopyHasItsChecksumAndFullFingerprint) {
  write_index(gbz_, false, 1);
  const std::optional<IndexFile> there = IndexFile::open(gbz_, fingerprint_of(gbz_));
  ASSERT_TRUE(there);
  Store::Source source;
  source.gbz_path = gbz_;
  source.fingerprint = fingerprint_of(gbz_);
  source.measure = [&] { return there->image_bytes(); };
  source.fill = [](std::span<std::byte>) { check(false, "an index is copied"); };
  source.copy = [&](int file, uint64_t offset) { return there->copy_to(file, offset); };
  const Lease lease = store().attach_or_load({"x"}, Policy::kKept, source);
  lease.verify();
  EXPECT_EQ(Pangenome(lease.image()).path_count(), 2U);
}

TEST_F(IndexFileTest, IsMadeAgainOnlyWhenItNoLongerFitsOrWhenForced) {
  EXPECT_TRUE(write_index(gbz_, false, 1).made);
  EXPECT_FALSE(write_index(gbz_, false, 1).made);
  EXPECT_TRUE(write_index(gbz_, true, 1).made);
  write_gbz("C");
  EXPECT_FALSE(used()) << "made from another graph";
  EXPECT_TRUE(write_index(gbz_, false, 1).made);
  EXPECT_TRUE(used());
}

TEST_F(IndexFileTest, StaleOneIsPassedOverAndTheGraphConverted) {
  write_index(gbz_, false, 1);
  write_gbz("CC");
  const Lease lease = attach_or_load_gbz(gbz_, "x", Policy::kTransient, in_store());
  EXPECT_TRUE(lease.loaded_here());
  EXPECT_EQ(lease.name(), "x");
}

TEST_F(IndexFileTest, ThatOthersMayWriteToIsNotUsed) {
  write_index(gbz_, false, 1);
  EXPECT_EQ(std::filesystem::status(index()).permissions() & std::filesystem::perms(0333), std::filesystem::perms::none);
  std::filesystem::permissions(index(), std::filesystem::perms(0620));
  EXPECT_FALSE(used());
  std::filesystem::permissions(index(), std::filesystem::perms(0602));
  EXPECT_FALSE(used());
  std::filesystem::permissions(index(), std::filesystem::perms(0644));
  EXPECT_TRUE(used());
}

TEST_F(IndexFileTest, OfAStrangerIsNotUsed) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  write_index(gbz_, false, 1);
  ASSERT_EQ(::chown(index().c_str(), 4711, 0), 0);
  EXPECT_FALSE(used());
  ASSERT_EQ(::chown(gbz_.c_str(), 4711, 0), 0);
  EXPECT_TRUE(used()) << "the owner of the GBZ may give it an index";
}

TEST_F(IndexFileTest, WithADamagedHeaderOrLengthIsPassedOver) {
  write_index(gbz_, false, 1);
  for (uint64_t at = 0; at < kPageBytes; at += 61) {
    damage(at);
    EXPECT_FALSE(used()) << at;
    damage(at);
  }
  EXPECT_TRUE(used());
  std::filesystem::resize_file(index(), std::filesystem::file_size(index()) - 1);
  EXPECT_FALSE(used());
  std::filesystem::resize_file(index(), 10);
  EXPECT_FALSE(used());
  std::filesystem::remove(index());
  std::filesystem::create_directory(index());
  EXPECT_FALSE(used());
}

TEST_F(IndexFileTest, WithADamagedImageIsFoundWhenItIsCopiedAndWhenItIsVerified) {
  write_index(gbz_, false, 1);
  damage(kPageBytes + 700);
  EXPECT_EQ(reason_of([&] { attach_or_load_gbz(gbz_, "x", Policy::kTransient, in_memory()); }), static_cast<int>(Reason::kCorrupt));
  HoldOptions verified = in_store();
  verified.verify = true;
  EXPECT_EQ(reason_of([&] { attach_or_load_gbz(gbz_, "x", Policy::kTransient, verified); }), static_cast<int>(Reason::kCorrupt));
}

}  // namespace
}  // namespace haploom::shared_image

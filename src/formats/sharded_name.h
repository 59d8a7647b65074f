// Names of files that come in shards: `examples.tfrecord@16.gz` stands for examples.tfrecord-00000-of-00016.gz and 15 more.
//
// Source: nucleus/io/sharded_file_utils.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace haploom::formats {

struct ShardedName {
  std::string base;    // before the "@"
  int shards = 0;      // 1 or more
  std::string suffix;  // with its dot, or empty

  std::string file(int shard) const;  // five digits, more where the number of shards needs them
  std::vector<std::string> files() const;
};

// Nothing when the name has no "@N".
std::optional<ShardedName> sharded_name(const std::string& name);

// Whether it is the name of one shard: x-00003-of-00016.gz.
bool is_shard(const std::string& name);

// The file of one task: of a sharded name its shard, else the name itself.
// Errors: kUsage when the task is not one of the name's shards, or not 0 for a name without shards
std::string file_of_task(const std::string& name, int task);

// The files that an input name stands for, in the order of shards. `name@N`: its N files. A name of a single file: that, if
// it is there; else the shards made of it: `x.tfrecord.gz` may lie as x-?????-of-N.tfrecord.gz or x.tfrecord.gz-?????-of-N,
// and `x-?????-of-N.gz` may be written with its question marks or with a star.
// Errors: kInput/kRecord when nothing is there, a shard is missing, or shards of several counts lie beside each other
std::vector<std::string> files_of_input(const std::string& name);

}  // namespace haploom::formats

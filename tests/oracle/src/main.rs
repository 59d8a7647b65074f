//! What an independent reader sees in a GBZ: one line for each path.
//!
//! usage: oracle gbz|gbwt FILE.gbz
//!        oracle load FILE.gbz     reads it with the crate gbz and says its nodes: for timing
//!
//! Columns: path, sample, phase, contig, fragment, length, sha256 of the forward sequence, visits. Every path is also
//! walked from its other end, which must give the same nodes backwards.

use sha2::{Digest, Sha256};
use std::process::exit;

fn complement(base: u8) -> u8 {
    match base {
        b'A' => b'T',
        b'C' => b'G',
        b'G' => b'C',
        b'T' => b'A',
        _ => b'N',
    }
}

// Both crates have the same words for different types.
macro_rules! reader {
    ($name:ident, $library:ident, $sds:ident) => {
        fn $name(file: &str) -> Result<(), String> {
            use $library::support::Orientation;
            let graph: $library::GBZ = $sds::serialize::load_from(file).map_err(|e| format!("{file}: {e}"))?;
            let metadata = graph.metadata().ok_or("no metadata")?;
            println!("# nodes {} references {}", graph.nodes(), graph.reference_sample_names(false).join(" "));
            for id in 0..graph.paths() {
                let mut hash = Sha256::new();
                let (mut length, mut visits) = (0, Vec::new());
                for (node, orientation) in graph.path(id, Orientation::Forward).ok_or("no such path")? {
                    let label = graph.sequence(node).ok_or(format!("node {node} has no sequence"))?;
                    match orientation {
                        Orientation::Forward => hash.update(label),
                        Orientation::Reverse => hash.update(label.iter().rev().map(|b| complement(*b)).collect::<Vec<u8>>()),
                    }
                    length += label.len();
                    visits.push((node, orientation));
                }
                let mut back: Vec<_> = graph.path(id, Orientation::Reverse).ok_or("no such path")?.map(|(node, o)| (node, o.flip())).collect();
                back.reverse();
                if back != visits {
                    return Err(format!("path {id} differs from its other end"));
                }
                let name = metadata.path(id).ok_or("a path without a name")?;
                let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
                println!(
                    "{id}\t{}\t{}\t{}\t{}\t{length}\t{digest}\t{}",
                    metadata.sample_name(name.sample()),
                    name.phase(),
                    metadata.contig_name(name.contig()),
                    name.fragment(),
                    visits.len()
                );
            }
            for segment in graph.segment_iter().into_iter().flatten() {
                println!("# segment {} {}..{}", String::from_utf8_lossy(segment.name), segment.nodes.start, segment.nodes.end);
            }
            Ok(())
        }
    };
}
reader!(read_with_gbz, gbz, simple_sds);
reader!(read_with_gbwt, gbwt, simple_sds_sbwt);

fn load_with_gbz(file: &str) -> Result<(), String> {
    let graph: gbz::GBZ = simple_sds::serialize::load_from(file).map_err(|e| format!("{file}: {e}"))?;
    println!("{} nodes", graph.nodes());
    Ok(())
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let result = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "gbz", file] => read_with_gbz(file),
        [_, "gbwt", file] => read_with_gbwt(file),
        [_, "load", file] => load_with_gbz(file),
        _ => Err("usage: oracle gbz|gbwt|load FILE.gbz".to_string()),
    };
    if let Err(cause) = result {
        eprintln!("{cause}");
        exit(1);
    }
}

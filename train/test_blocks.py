"""Stretches of the genome are the same whatever set shows them."""
import json

from train.blocks import BLOCK, blocks


def write(folder, name, region, full_coords, starts):
    (folder / '.'.join(name.split('.')[:2])).mkdir(exist_ok=True)
    (folder / '.'.join(name.split('.')[:2]) / 'manifest.json').write_text(json.dumps(dict(region=region, args=dict(full_coords=full_coords))))
    lines = ['contig\tstart\tend\tref\talts\talt_set\tdepth\tallele_depth\timage'] + [f'x\t{s}\t{s + 1}\tA\tC\t0\t9\t5,4\t{i}' for i, s in enumerate(starts)]
    (folder / f'{name}.sites.tsv').write_text('\n'.join(lines) + '\n')
    return str(folder / name)


def test_a_place_has_one_block_in_all_sets_and_looks(tmp_path):
    cut = write(tmp_path, 'cut.00', f'chr20:{2 * BLOCK}-{9 * BLOCK}', False, [0, BLOCK - 1, BLOCK])
    whole = write(tmp_path, 'whole.00.none', f'chr20:{BLOCK}-{9 * BLOCK}', True, [2 * BLOCK, 3 * BLOCK - 1, 3 * BLOCK])
    here = blocks(cut, str(tmp_path)).tolist()
    assert here == blocks(whole, str(tmp_path)).tolist()
    assert here[0] == here[1] == here[2] - 1


def test_contigs_share_no_block(tmp_path):
    a = write(tmp_path, 'a.00', 'chr20:0-1000', True, [5])
    b = write(tmp_path, 'b.00', 'chr21:0-1000', True, [5])
    assert set(blocks(a, str(tmp_path))) != set(blocks(b, str(tmp_path)))

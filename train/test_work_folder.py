"""The work folder: the same command goes on, another is refused."""
import json
import os
import subprocess
import sys

import pytest

from train.work_folder import Passed, Stop, WorkFolder

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'train.py')


@pytest.fixture
def reads(tmp_path):
    file = tmp_path / 'in.bam'
    file.write_text('reads')
    return str(file)


def begun(folder, settings, *inputs):
    work = WorkFolder(str(folder), settings, inputs)
    work.lock.close()
    return work


def test_the_same_command_goes_on(tmp_path, reads):
    assert not begun(tmp_path / 'w', {'seed': 1, 'epochs': None}, reads).resumed
    assert begun(tmp_path / 'w', {'seed': 1, 'epochs': None}, reads).resumed


def test_other_settings_are_refused_and_named(tmp_path, reads):
    begun(tmp_path / 'w', {'seed': 1, 'epochs': None, 'regions': ''}, reads)
    with pytest.raises(Stop, match='begun otherwise: --seed was 1; --epochs was not given') as stop:
        begun(tmp_path / 'w', {'seed': 2, 'epochs': 5.0, 'regions': ''}, reads)
    assert stop.value.status == 2 and 'another --work' in stop.value.remedy


def test_an_input_that_changed_is_refused(tmp_path, reads):
    begun(tmp_path / 'w', {}, reads)
    with open(reads, 'a') as f:
        f.write('more')
    with pytest.raises(Stop, match='in.bam has changed'):
        begun(tmp_path / 'w', {}, reads)


def test_a_folder_of_other_files_is_left_alone(tmp_path, reads):
    with pytest.raises(Stop, match='holds other files'):
        begun(tmp_path, {}, reads)
    assert sorted(p.name for p in tmp_path.iterdir()) == ['in.bam']


def test_two_trainings_do_not_share_a_folder(tmp_path, reads):
    first = WorkFolder(str(tmp_path / 'w'), {}, [reads])
    with pytest.raises(Stop, match='another haploom train works in'):
        WorkFolder(str(tmp_path / 'w'), {}, [reads])
    first.lock.close()


def test_the_error_of_a_program_of_ours_is_handed_on_with_its_exit_code(tmp_path, reads):
    work = begun(tmp_path / 'w', {}, reads)
    said = 'import sys; print("much"); print("error [formats/51]: no index\\n  try:   samtools index", file=sys.stderr); sys.exit(3)'
    with pytest.raises(Passed) as of:
        work.run([sys.executable, '-c', said], 'x')
    assert of.value.status == 3 and str(of.value).startswith('error [formats/51]: no index\n  try:   samtools index')
    assert 'much' in (tmp_path / 'w/log/x.log').read_text()


def test_settings_are_there_as_soon_as_the_folder_is(tmp_path, reads):
    work = begun(tmp_path / 'w', {'seed': 4}, reads)
    with open(work.path('settings.json')) as f:
        assert json.load(f)['settings'] == {'seed': 4}


def test_an_environment_that_lacks_something_is_told_in_two_lines():
    done = subprocess.run([sys.executable, '-I', '-S', SCRIPT, '--haploom', 'x', '--ref', 'r', '--reads', 'b', '--truth_variants', 'v', '--confident_regions', 'c',
                           '--customized_model', 'm', '--output', 'o', '--work', 'w'], capture_output=True, text=True)
    assert done.returncode == 2 and 'error [train/2]' in done.stderr and 'try:   ./run setup-train' in done.stderr

# What others wrote and keep well: found here once, linked by the one module that may use it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
pkg_check_modules(htslib REQUIRED IMPORTED_TARGET htslib)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(libcrypto REQUIRED IMPORTED_TARGET libcrypto)
# The wheel of PyPI `openvino` carries headers, libraries and CMake files; ./run build passes OpenVINO_DIR.
find_package(OpenVINO REQUIRED COMPONENTS Runtime)

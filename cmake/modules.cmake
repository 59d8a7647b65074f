# A .proto of the folder becomes NAME/x.pb.h and NAME/x.pb.cc in the build tree, for the module's own sources alone.
function(add_protobufs name dir)
  file(GLOB protos CONFIGURE_DEPENDS ${dir}/*.proto)
  foreach(proto ${protos})
    get_filename_component(stem ${proto} NAME_WE)
    set(generated ${CMAKE_BINARY_DIR}/protobuf/${name}/${stem}.pb)
    add_custom_command(OUTPUT ${generated}.cc ${generated}.h
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/protobuf
      COMMAND protobuf::protoc --proto_path=${CMAKE_SOURCE_DIR}/src --cpp_out=${CMAKE_BINARY_DIR}/protobuf ${name}/${stem}.proto
      DEPENDS ${proto} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/src)
    set_source_files_properties(${generated}.cc PROPERTIES COMPILE_OPTIONS -w)
    target_sources(${name} PRIVATE ${generated}.cc ${generated}.h)
    target_include_directories(${name} SYSTEM PRIVATE ${CMAKE_BINARY_DIR}/protobuf)
  endforeach()
endfunction()

# add_module(NAME USES other modules... DOORS headers... LINKS outside libraries...)
#
# Builds src/NAME as the library NAME from every .cc that is not a test, and NAME_test from every *_test.cc.
# USES is the layering contract: the ctest `layering` reads it and fails on an include of any other module. DOORS lists the
# headers that other modules may include besides NAME/NAME.h; it says nothing to CMake.
function(add_module name)
  cmake_parse_arguments(M "" "" "USES;DOORS;LINKS" ${ARGN})
  set(dir ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB sources CONFIGURE_DEPENDS ${dir}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  if(sources)
    add_library(${name} STATIC ${sources})
    set(visibility PUBLIC)
  else()
    add_library(${name} INTERFACE)
    set(visibility INTERFACE)
  endif()
  target_include_directories(${name} ${visibility} ${CMAKE_SOURCE_DIR}/src)
  add_protobufs(${name} ${dir})
  target_link_libraries(${name} ${visibility} ${M_USES} ${M_LINKS} fmt::fmt Threads::Threads)
  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} GTest::gtest GTest::gmock GTest::gtest_main)
    set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_compile_definitions(${name}_test PRIVATE HAPLOOM_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES TIMEOUT 1200)
  endif()
endfunction()

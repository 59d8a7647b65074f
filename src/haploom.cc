// The program: everything it does is a command (commands/).
#include "commands/commands.h"

int main(int argc, char** argv) { return haploom::commands::main(argc, argv); }

#include "report/font.h"

#include <array>

namespace haploom::report {
namespace {

constexpr char kFirst = ' ';
constexpr std::array<std::string_view, 95> kGlyphs = {
    "0000000", "4444404", "AA00000", "AAVAVAA", "4FKE5U4", "OP248J3", "CIK8LID", "4400000",  //   ! " # $ % & '
    "2488842", "8422248", "04LEL40", "044V440", "0000C48", "000V000", "00000CC", "01248G0",  // ( ) * + , - . /
    "EHJLPHE", "4C4444E", "EH1248V", "V2421HE", "26AIV22", "VGU11HE", "68GUHHE", "V124888",  // 0 1 2 3 4 5 6 7
    "EHHEHHE", "EHHF12C", "0CC0CC0", "0CC0C48", "248G842", "00V0V00", "8421248", "EH12404",  // 8 9 : ; < = > ?
    "EH1DLLE", "EHHVHHH", "UHHUHHU", "EHGGGHE", "SIHHHIS", "VGGUGGV", "VGGUGGG", "EHGNHHF",  // @ A B C D E F G
    "HHHVHHH", "E44444E", "72222IC", "HIKOKIH", "GGGGGGV", "HRLLHHH", "HHPLJHH", "EHHHHHE",  // H I J K L M N O
    "UHHUGGG", "EHHHLID", "UHHUKIH", "FGGE11U", "V444444", "HHHHHHE", "HHHHHA4", "HHHLLLA",  // P Q R S T U V W
    "HHA4AHH", "HHHA444", "V1248GV", "E88888E", "0G84210", "E22222E", "4AH0000", "000000V",  // X Y Z [ \ ] ^ _
    "8420000", "00E1FHF", "GGMPHHU", "00EGGHE", "11DJHHF", "00EHVGE", "698S888", "0FHHF1E",  // ` a b c d e f g
    "GGMPHHH", "40C444E", "20622IC", "GGIKOKI", "C44444E", "00QLLHH", "00MPHHH", "00EHHHE",  // h i j k l m n o
    "00UHUGG", "00DJF11", "00MPGGG", "00EGE1U", "88S8896", "00HHHJD", "00HHHA4", "00HHLLA",  // p q r s t u v w
    "00HA4AH", "00HHF1E", "00V248V", "2448442", "4444444", "8442448", "008L200"};            // x y z { | } ~
constexpr std::string_view kBox = "VHHHHHV";

int digit(char c) { return c <= '9' ? c - '0' : c - 'A' + 10; }

}  // namespace

bool Glyph::pixel(int x, int y) const { return (digit(rows[static_cast<size_t>(y)]) >> (width - 1 - x) & 1) != 0; }

Glyph glyph(char character) {
  const int index = static_cast<unsigned char>(character) - kFirst;
  const bool known = index >= 0 && index < static_cast<int>(kGlyphs.size());
  return {known ? kGlyphs[static_cast<size_t>(index)] : kBox, 5};
}

Glyph small_base(char base) {
  switch (base) {
    case 'A': return {"25755", 3};
    case 'C': return {"34443", 3};
    case 'G': return {"34553", 3};
    case 'T': return {"72222", 3};
    case 'N': return {"57755", 3};
    default: return {"00200", 3};
  }
}

}  // namespace haploom::report

// Asks the Nextcloud client's own library (3.7, Qt 5) about paths, without a header of either.
// Arguments: a directory that holds, for each number from 0, N/sync-exclude.lst and N/paths with lines of `d PATH` or `f PATH`.
// Out: a line for each number, 1 for each path left out and 0 for each other.
#include <fstream>
#include <iostream>
#include <string>

class QString {
  void *data;

public:
  static QString fromUtf8_helper(const char *text, int length);
  ~QString() {}
};

namespace CSyncEnums {
enum ItemType { File = 0, Directory = 2 };
}

class ExcludedFiles {
  alignas(16) char room[4096];

public:
  explicit ExcludedFiles(const QString &localPath);
  void addExcludeFilePath(const QString &path);
  bool reloadExcludeFiles();
  void setExcludeConflictFiles(bool isOn);
  int traversalPatternMatch(const QString &path, CSyncEnums::ItemType type);
};

static QString text(const std::string &bytes) { return QString::fromUtf8_helper(bytes.data(), bytes.size()); }

int main(int, char **arguments) {
  for (int number = 0;; number++) {
    const std::string place = std::string(arguments[1]) + "/" + std::to_string(number) + "/";
    std::ifstream paths(place + "paths");
    if (!paths) return 0;
    // Never destroyed: its destructor would need the base class.
    ExcludedFiles &excluded = *new ExcludedFiles(text(place + "tree/"));
    excluded.setExcludeConflictFiles(false);
    excluded.addExcludeFilePath(text(place + "sync-exclude.lst"));
    excluded.reloadExcludeFiles();
    for (std::string line; std::getline(paths, line);) {
      const auto type = line[0] == 'd' ? CSyncEnums::Directory : CSyncEnums::File;
      std::cout << (excluded.traversalPatternMatch(text(line.substr(2)), type) != 0);
    }
    std::cout << "\n";
  }
}

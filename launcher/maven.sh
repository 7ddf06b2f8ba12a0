#!/bin/sh
# Puts what models in Java are built with into the distribution, as a Maven repository:  maven.sh <assembly> <version>
# Their poms name what they need of each other, and nothing else: they come from here whatever else the build has.
set -eu
assembly=$1
version=$2
root=$(cd "$(dirname "$0")/.." && pwd -P)

artifact() { # the folder of a module, then the names of the artifacts that it needs
    module=$1
    shift
    name=$(sed -n 's:.*<artifactId>\(espalier-.*\)</artifactId>.*:\1:p' "$root/$module/pom.xml" | head -n 1)
    folder=$assembly/share/maven/dev/espalier/$name/$version
    mkdir -p "$folder"
    cp "$root/$module/target/$name-$version.jar" "$folder/"
    {
        cat <<END
<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.espalier</groupId>
  <artifactId>$name</artifactId>
  <version>$version</version>
  <dependencies>
END
        for needed in "$@"; do
            cat <<END
    <dependency>
      <groupId>dev.espalier</groupId>
      <artifactId>$needed</artifactId>
      <version>$version</version>
    </dependency>
END
        done
        echo '  </dependencies>'
        echo '</project>'
    } >"$folder/$name-$version.pom"
    for file in "$folder/$name-$version.jar" "$folder/$name-$version.pom"; do
        sha1sum "$file" | cut -d ' ' -f 1 >"$file.sha1"
    done
}

artifact tensor
artifact sdk espalier-tensor
artifact engine espalier-tensor
artifact engines/java espalier-engine espalier-sdk
artifact worker-link espalier-tensor
artifact worker espalier-worker-link espalier-engine espalier-engine-java
artifact sdk-test espalier-sdk espalier-engine-java espalier-worker

package dev.espalier.client;

/// The text of `espalier help`.
final class Help {
    static final String TEXT =
            """
            espalier: asks an inference server from the command line

              espalier models                      the server's models with state and reason
              espalier infer <model> [options]     one inference, its answer as a table
              espalier ops list                    the op libraries in use, by whom and where from
              espalier ops check <library> ...     can they be loaded, and what is in them? (no server)
              espalier ops explain <repository> <model>
                                                   where each op of a model comes from (no server)
              espalier workers                     the processes of the models, and how the last ones died
              espalier engine install <engine>     a further version of an engine; also list and remove
                                                   (no server; docs/engines.md)
              espalier new model <name>            a Maven project with a model in Java (no server;
                                                   docs/java-models.md)
              espalier status                      is the server up, and ready?
              espalier demo                        starts a server on the example models, shows an
                                                   answer, and stops it
              espalier help                        this text

            Options of infer
              --input '[[1,2,3]]'        the only input, as JSON; the nesting gives the shape
              --input NAME='[[1,2,3]]'   one input of several; repeat for the others
              --input NAME=@file.npy     an input from a NumPy file (NAME= may be left out)
              --output NAME              only this output; may be repeated
              --version N                this version of the model instead of the newest
              --repeat N                 ask N times; tells the median of the times
              --json                     the whole answer as JSON

            Options of all
              --url http://localhost:8000    where the server is (or ESPALIER_URL)
              --token TEXT                   a bearer token (or ESPALIER_TOKEN)

            Ends with 0 when it did what was asked, else with 1 and one line that says why.
            """;

    private Help() {}
}

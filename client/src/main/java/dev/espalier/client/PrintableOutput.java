package dev.espalier.client;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// UTF-8 text for a terminal without what would move its cursor or change its title: what a server says of models and
/// op libraries is written by whoever wrote these.
final class PrintableOutput extends FilterOutputStream {
    /// What the two bytes of a control character above ASCII begin with.
    private static final int C1_LEAD = 0xC2;

    private boolean afterLead;

    PrintableOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int value) throws IOException {
        int octet = value & 0xFF;
        if (afterLead) {
            afterLead = false;
            if (octet >= 0x80 && octet < 0xA0) {
                out.write('?');
                return;
            }
            out.write(C1_LEAD);
        }
        if (octet == C1_LEAD) {
            afterLead = true;
        } else {
            out.write(
                    octet < 0x20 && octet != '\n' && octet != '\t' || octet == 0x7F ? '?' : octet);
        }
    }

    /// A text never ends within a character.
    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        for (int i = from; i < from + length; i++) {
            write(bytes[i]);
        }
    }
}

package dev.espalier.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class LedgerTest {
    private final Windows windows = new Windows();
    private final Ledger ledger = new Ledger(windows);

    private static Ask ask(long number, Model model) {
        return new Ask(number, model, 4, null);
    }

    private Ledger.Verdict answered(Ask ask, Answer answer) {
        ledger.sent(ask);
        return ledger.answered(ask, answer);
    }

    private static Answer right(Ask ask) {
        return new Answer.Values(Long.toString(ask.number()), ask.model().answer(ask.elements()));
    }

    private static Answer died(String how) {
        return new Answer.Refused(true, "model 'm': worker w (pid 1) " + how);
    }

    @Test
    void takesTheRightAnswerForRight() {
        Ask ask = ask(7, Model.HEALTHY);

        assertThat(answered(ask, right(ask))).isEqualTo(Ledger.Verdict.RIGHT);
        assertThat(ledger.openRequests()).isZero();
        assertThat(ledger.sums(Model.HEALTHY)).isEqualTo(new Ledger.Sums(1, 1, 0, 0));
    }

    @Test
    void takesAnotherRequestsAnswerForWrong() {
        Ask ask = ask(7, Model.HEALTHY);
        Ask other = ask(8, Model.HEALTHY);

        assertThat(answered(ask, right(other))).isEqualTo(Ledger.Verdict.WRONG);
        assertThat(answered(other, new Answer.Values("8", other.elements())))
                .isEqualTo(Ledger.Verdict.WRONG);
        assertThat(ledger.wrongAnswers()).isEqualTo(2);
    }

    @Test
    void noticesASecondAnswer() {
        Ask ask = ask(7, Model.HEALTHY);
        ledger.sent(ask);

        assertThat(ledger.answered(ask, right(ask))).isEqualTo(Ledger.Verdict.RIGHT);
        assertThat(ledger.answered(ask, right(ask))).isEqualTo(Ledger.Verdict.WRONG);
    }

    @Test
    void knowsWhoHasNoAnswerYet() {
        ledger.sent(ask(7, Model.HEALTHY));

        assertThat(ledger.openRequests()).isOne();
    }

    @Test
    void allowsAFailureOnlyWhileTheWorkerMayDie() {
        Answer answer = died("was ended by SIGABRT");
        assertThat(answered(ask(1, Model.DEATHS), answer)).isEqualTo(Ledger.Verdict.WRONG);

        windows.open(Model.OpSet.DEATHS);
        assertThat(answered(ask(2, Model.DEATHS), answer)).isEqualTo(Ledger.Verdict.REFUSED);
        assertThat(answered(ask(3, Model.HEALTHY), answer)).isEqualTo(Ledger.Verdict.WRONG);

        Ask late = ask(4, Model.DEATHS);
        ledger.sent(late);
        windows.close(Model.OpSet.DEATHS);
        assertThat(ledger.answered(late, answer)).isEqualTo(Ledger.Verdict.REFUSED);
        assertThat(answered(ask(5, Model.DEATHS), answer)).isEqualTo(Ledger.Verdict.WRONG);
    }

    @Test
    void wantsTheWordsForTheDeath() {
        windows.open(Model.OpSet.DEATHS);
        Answer otherCode = new Answer.Refused(false, "was ended by SIGABRT");

        assertThat(answered(ask(1, Model.DEATHS), died("is gone"))).isEqualTo(Ledger.Verdict.WRONG);
        assertThat(answered(ask(2, Model.DEATHS), otherCode)).isEqualTo(Ledger.Verdict.WRONG);
        assertThat(answered(ask(3, Model.DEATHS), new Answer.Broken("connection reset")))
                .isEqualTo(Ledger.Verdict.WRONG);
    }

    @Test
    void writesDownResultsThatAnOpMayHaveDestroyed() {
        windows.open(Model.OpSet.MEDDLING);
        windows.open(Model.OpSet.DEATHS);
        Answer zeros = new Answer.Values("1", new float[4]);

        assertThat(answered(ask(1, Model.MEDDLING), zeros)).isEqualTo(Ledger.Verdict.REFUSED);
        assertThat(answered(ask(1, Model.DEATHS), zeros)).isEqualTo(Ledger.Verdict.WRONG);
        assertThat(ledger.sums(Model.MEDDLING).spoilt()).isOne();
    }

    @Test
    void takesTheWordForADestroyedResultOnlyWhereAnOpMayHaveDestroyedIt() {
        windows.open(Model.OpSet.MEDDLING);
        windows.open(Model.OpSet.DEATHS);
        Answer noticed = new Answer.Refused(false, "worker w gave a result that cannot be read: x");

        assertThat(answered(ask(1, Model.MEDDLING), noticed)).isEqualTo(Ledger.Verdict.REFUSED);
        assertThat(answered(ask(2, Model.DEATHS), noticed)).isEqualTo(Ledger.Verdict.WRONG);
        assertThat(ledger.sums(Model.MEDDLING).refused()).isOne();
    }
}

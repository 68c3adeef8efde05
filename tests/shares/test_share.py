"""What a share sees of the others: rows of all processes, and of all parts."""

import torch

from gancli.shares import Share, completed, computing, gathered, interleaved, own


def test_without_shares_a_batch_is_whole() -> None:
    x = torch.arange(5)
    assert gathered(x) is x
    assert own(x) is x
    assert completed(x) is x


def test_shares_make_up_the_whole() -> None:
    x = torch.arange(22).reshape(11, 2)
    shares = [Share(index, 4, 11) for index in range(4)]
    assert [len(share) for share in shares] == [3, 3, 3, 2]
    assert torch.equal(interleaved([share.of(x) for share in shares]), x)


def test_parts_are_completed_by_the_last_one_in_the_order_of_the_minibatch() -> None:
    """One process of two, which computes three parts; the other one's rows come by ``gather``."""
    x = torch.arange(11)
    mine, others = x[0::2], x[1::2]
    kept: list[list[torch.Tensor]] = []
    found = []
    for part in range(3):
        share = Share(2 * part, 6, 11, lambda rows: interleaved([rows, others]), part, 3, kept)
        with computing(share):
            assert torch.equal(share.of(x), mine[part::3])
            found += [completed(share.of(x)), completed(-share.of(x))]
    assert found[:4] == [None] * 4
    assert torch.equal(found[4], x)
    assert torch.equal(found[5][0::2], -mine)
